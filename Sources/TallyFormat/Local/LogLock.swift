import Glibc
import TallyThreads

/// The kernel's lock on `writer.lock`: the fence between writers.
package struct LogLock: Sendable {
  private let file: any LogFile
  private let identity: FileIdentity
  private let path: String
  private let files: any FileSystem

  /// Takes the lock, trying for `wait`.
  package init(_ directory: LogDirectory, files: any FileSystem, wait: Duration) throws(ClaimError) {
    let pause = Duration.milliseconds(20)
    var waited = Duration.zero
    while true {
      do throws(FileError) {
        if let held = try LogLock(trying: directory, files) {
          self = held
          return
        }
      } catch {
        throw .file(error)
      }
      if waited >= wait {
        let holder = (try? files.contents(of: directory.lock, maximum: 20)) ?? []
        throw .inUse(
          path: directory.path, processID: Int32(String(decoding: holder.prefix { $0 &- 48 < 10 }, as: UTF8.self)))
      }
      usleep(useconds_t(pause.wholeMilliseconds * 1000))
      waited += pause
    }
  }

  private init?(trying directory: LogDirectory, _ files: any FileSystem) throws(FileError) {
    path = directory.lock
    self.files = files
    file = try files.open(path, .readWriteOrCreate)
    // Somebody may replace the file between opening and locking it: then this lock fences nobody.
    guard try file.tryLock(), let identity = try files.identity(of: path), identity == (try file.identity()) else {
      file.close()
      return nil
    }
    self.identity = identity
    try file.truncate(to: 0)
    try file.write(Array("\(getpid())\n".utf8), at: 0)
  }

  /// Whether the path still names the locked file: else another writer may have locked another one.
  package func isHeld() throws(FileError) -> Bool { try files.identity(of: path) == identity }

  package func unlock() {
    try? file.truncate(to: 0)
    file.close()
  }
}
