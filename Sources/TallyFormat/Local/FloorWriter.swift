/// Keeps the floor file of a log of segments.
package struct FloorWriter: Sendable {
  private let directory: LogDirectory
  private let files: any FileSystem

  package init(directory: LogDirectory, files: any FileSystem) {
    self.directory = directory
    self.files = files
  }

  /// Rewrites the floor file; one sector, so it is whole or as it was.
  package func write(_ floor: Floor, isDurable: Bool) throws(FileError) {
    let bytes = FloorFile(floor).encoded
    if !(try overwrite(bytes, isDurable)) { try make(bytes) }
  }

  /// False if there is none of a floor's size.
  private func overwrite(_ floor: [UInt8], _ isDurable: Bool) throws(FileError) -> Bool {
    guard try files.identity(of: directory.floor) != nil else { return false }
    let file = try files.open(directory.floor, .readWrite)
    defer { file.close() }
    guard try file.size() == floor.count else { return false }
    try file.write(floor, at: 0)
    if isDurable { try file.sync() }
    return true
  }

  /// The first floor comes under another name: a power loss must not leave a file with its length and not its bytes,
  /// which would look damaged.
  private func make(_ floor: [UInt8]) throws(FileError) {
    if try files.identity(of: directory.nextFloor) != nil { try files.remove(directory.nextFloor) }
    let file = try files.open(directory.nextFloor, .create)
    defer { file.close() }
    try file.write(floor, at: 0)
    try file.sync()
    try files.rename(directory.nextFloor, to: directory.floor)
    try files.syncDirectory(directory.path)
  }
}
