import ArgumentParser
import Glibc
import TallyServer
import Tallystick

/// The file of the users.
struct UsersOption: ParsableArguments {
  @Option(help: "The file of the users (default: the environment's TALLY_USERS).")
  var users: String?

  @Flag(help: "Answer with one JSON object, or JSON Lines, on standard output.")
  var json = false

  var path: String {
    get throws {
      if let users, !users.isEmpty { return users }
      if let variable = getenv("TALLY_USERS"), variable.pointee != 0 { return String(cString: variable) }
      throw CommandFailure.usage("no file of users is named; use --users FILE or set TALLY_USERS")
    }
  }
}

/// Changes the file of the users, as a whole: a server that reads it sees the old one or the new one.
enum UsersStore {
  static func users(_ path: String) throws -> [User] {
    do throws(ServerFailure) { return try UsersFile.read(path) } catch {
      throw CommandFailure(.badData, error.description)
    }
  }

  /// - Parameter body: throws to change nothing.
  static func change(_ path: String, _ body: (inout [User]) throws -> Void) throws {
    let new = path + ".new"
    // Making it is also the lock against another change.
    let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST {
        throw CommandFailure(
          .inUse, "\(new) is there: somebody changes the users, or was stopped at it; then remove it")
      }
      throw CommandFailure.system("cannot make \(new)")
    }
    defer { close(descriptor) }
    do {
      var status = stat()
      let isThere = stat(path, &status) == 0
      var users = isThere ? try users(path) : []
      try body(&users)
      // The server that reads it may run for another account than who changes it.
      if isThere, fchown(descriptor, status.st_uid, status.st_gid) != 0 || fchmod(descriptor, status.st_mode) != 0 {
        throw CommandFailure.system("cannot give \(new) to the owner of \(path)")
      }
      let bytes = Array(UsersFile.text(users).utf8)
      guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(new, path) == 0 else {
        throw CommandFailure.system("cannot write \(path)")
      }
    } catch {
      unlink(new)
      throw error
    }
    // A user who was removed must not be back after a power cut.
    let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    do throws(FileError) { try LocalFileSystem().syncDirectory(folder) } catch {
      throw CommandFailure(.inputOutput, "\(path) is written, but not on stable storage: \(error.description)")
    }
  }
}
