import Tallystick

/// All bytes of a file.
func read(_ path: String) throws -> [UInt8] {
  let file = try LocalFileSystem().open(path, .read)
  defer { file.close() }
  return try file.bytes(at: 0, count: try file.size())
}
