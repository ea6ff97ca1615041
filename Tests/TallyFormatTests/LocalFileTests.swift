import Glibc
import TallyTestSupport
import Testing

@testable import TallyFormat

@Suite("Local files")
struct LocalFileTests {
  @Test("a lock ends with its file, although a program that is just being started still has the descriptor")
  func lock() throws {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/lock"
    let files = LocalFileSystem()
    let file = try files.open(path, .readWriteOrCreate)
    #expect(try file.tryLock())
    let other = try files.open(path, .readWriteOrCreate)
    defer { other.close() }
    #expect(try !other.tryLock())
    // What a child has between its fork and its exec.
    let copies = try files.list("/proc/self/fd").compactMap { Int32($0) }.filter { descriptor in
      var target = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink("/proc/self/fd/\(descriptor)", &target, target.count)
      return count > 0 && String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) == path
    }.map { dup($0) }
    defer { for copy in copies { Glibc.close(copy) } }
    #expect(copies.count == 2)
    file.close()
    #expect(try other.tryLock())
  }
}
