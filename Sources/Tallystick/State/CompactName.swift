/// A name in 16 bytes where it can be: up to 16 bytes of text, or a UUID's canonical text. Longer names are kept apart.
struct CompactName: Equatable, Sendable {
  enum Form: UInt8 {
    case text, uuid, long
  }
  private(set) var high: UInt64 = 0
  private(set) var low: UInt64 = 0
  private(set) var length: UInt8 = 0
  private(set) var form = Form.text
  /// A long name's bytes.
  private(set) var bytes: [UInt8]?

  static let none = CompactName()
  private init() {}

  init(high: UInt64, low: UInt64, length: UInt8, form: Form, bytes: [UInt8]?) {
    self.high = high
    self.low = low
    self.length = length
    self.form = form
    self.bytes = bytes
  }

  /// The text of a UUID.
  init(uuid high: UInt64, _ low: UInt64) {
    self.init(high: high, low: low, length: UInt8(UUIDText.length), form: .uuid, bytes: nil)
  }

  init(_ name: UnsafeBufferPointer<UInt8>) {
    length = UInt8(truncatingIfNeeded: name.count)
    if let (high, low) = CompactName.halves(of: name) {
      form = name.count <= 16 ? .text : .uuid
      self.high = high
      self.low = low
    } else {
      form = .long
      bytes = Array(name)
    }
  }

  /// What a name that is not long is kept as: the bytes of a text in order, lowest first, or a UUID's bits. `nil`: it is
  /// long.
  @inline(__always) static func halves(of name: UnsafeBufferPointer<UInt8>) -> (high: UInt64, low: UInt64)? {
    let count = name.count
    guard count <= 16, let base = name.baseAddress else { return UUIDText.parse(name).map { ($0.0, $0.1) } }
    let raw = UnsafeRawPointer(base)
    if count >= 8 {
      let last = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
      // What the first half has already is shifted out; of exactly eight bytes, all of it.
      return (
        UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)), count == 8 ? 0 : last &>> UInt64((16 - count) * 8)
      )
    }
    var high: UInt64 = 0
    for index in 0..<count { high |= UInt64(name[index]) &<< UInt64(index * 8) }
    return (high, 0)
  }

  init(_ name: Name) { self = name.bytes.withUnsafeBufferPointer { CompactName($0) } }

  var isEmpty: Bool { length == 0 }

  /// Writes the ``length`` bytes of the text.
  @inline(__always) func copyText(to target: UnsafeMutableRawPointer) {
    switch form {
    case .text: withUnsafeBytes(of: (high, low)) { target.copyMemory(from: $0.baseAddress!, byteCount: Int(length)) }
    case .uuid: UUIDText.write(high, low, to: target)
    case .long: bytes?.withUnsafeBytes { target.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }
  }

  var name: Name {
    switch form {
    case .long: return Name(bytes: bytes ?? [])
    case .uuid:
      var text = [UInt8]()
      UUIDText.append(high, low, to: &text)
      return Name(bytes: text)
    case .text:
      return withUnsafeBytes(of: (high, low)) { Name(bytes: Array($0.prefix(Int(length)))) }
    }
  }
}
