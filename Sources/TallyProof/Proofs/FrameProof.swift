import TallyFormat
import TallyText

/// A frame of a log, and the way from it to the root of a checkpoint's tree.
struct FrameProof {
  /// The frame's place in the log and in the tree.
  var number: UInt64
  /// Every byte of it.
  var bytes: [UInt8]
  /// The hashes beside the way to the root.
  var path: [Digest]

  /// The frame, if it is one of that log and the checkpoint's tree has it at its place.
  ///
  /// - Throws: ``ProofFlaw``.
  func frame(of log: LogID, in head: TreeHead) throws(ProofFlaw) -> Frame {
    let parsed: Result<Frame, MalformedBytes> = bytes.withUnsafeBytes { raw in
      do throws(MalformedBytes) { return .success(try Frame.parse(raw, log: log)) } catch { return .failure(error) }
    }
    let frame: Frame
    do throws(MalformedBytes) { frame = try parsed.get() } catch { throw .refuted("its frame \(error)") }
    guard frame.bytes.count == bytes.count, frame.number == number else {
      throw .refuted("its frame is number \(frame.number) of the log, and not \(number)")
    }
    guard
      MerkleProof.isIncluded(
        MerkleHash.leaf(of: frame.hash), at: number, in: head.size, root: head.root, path: path)
    else { throw .refuted("the checkpoint's tree does not have that frame as number \(number)") }
    return frame
  }

  func write(to json: inout JSONWriter) {
    json.beginObject()
    json.field("number", number)
    json.field("bytes", Base64.encode(bytes))
    json.key("path")
    json.write(path)
    json.endObject()
  }

  init(number: UInt64, bytes: [UInt8], path: [Digest]) {
    self.number = number
    self.bytes = bytes
    self.path = path
  }

  init(_ file: JSONValue) throws(ProofFlaw) {
    number = try file.number("number")
    guard let bytes = Base64.decode(try file.text("bytes")) else { throw .malformed("its frame's bytes are no base64") }
    self.bytes = bytes
    path = try file.digests("path")
  }
}

/// Why a file proves nothing.
public enum ProofFlaw: Error, Sendable, Equatable, CustomStringConvertible {
  /// It is no proof, or cannot be read.
  case malformed(String)
  /// It is one, and does not hold.
  case refuted(String)

  /// What is wrong with it.
  public var description: String {
    switch self {
    case .malformed(let reason), .refuted(let reason): reason
    }
  }
}

extension JSONWriter {
  mutating func write(_ path: [Digest]) {
    beginArray()
    for hash in path { string(Base64.encode(hash.bytes).utf8) }
    endArray()
  }
}

extension JSONValue {
  func number(_ name: String) throws(ProofFlaw) -> UInt64 {
    guard case .number(let written)? = self[name], let number = written.unsigned else {
      throw .malformed("its \(name) must be a whole number below 2^64")
    }
    return number
  }

  func text(_ name: String) throws(ProofFlaw) -> String {
    guard case .string(let text)? = self[name] else { throw .malformed("its \(name) must be a string") }
    return text
  }

  func digests(_ name: String) throws(ProofFlaw) -> [Digest] {
    guard case .array(let elements)? = self[name], elements.count <= 128 else {
      throw .malformed("its \(name) must be an array of at most 128 hashes")
    }
    var hashes = [Digest]()
    for element in elements {
      guard case .string(let text) = element, let bytes = Base64.decode(text), let hash = Digest(bytes: bytes) else {
        throw .malformed("its \(name) must be an array of hashes: 32 bytes in base64 each")
      }
      hashes.append(hash)
    }
    return hashes
  }
}
