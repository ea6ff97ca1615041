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

  init(_ name: UnsafeBufferPointer<UInt8>) {
    length = UInt8(truncatingIfNeeded: name.count)
    if name.count <= 16 {
      withUnsafeMutableBytes(of: &high) {
        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(name).prefix(8)))
      }
      if name.count > 8 {
        withUnsafeMutableBytes(of: &low) {
          $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(name).dropFirst(8)))
        }
      }
    } else if let (high, low) = UUIDText.parse(name) {
      form = .uuid
      self.high = high
      self.low = low
    } else {
      form = .long
      bytes = Array(name)
    }
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
