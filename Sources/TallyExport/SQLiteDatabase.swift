import CSQLite
import Tallystick

/// A connection to a new database: statements, values, errors in SQLite's words.
final class SQLiteDatabase {
  private var handle: OpaquePointer?
  private let path: String

  /// Opens a file that does not exist yet.
  init(creating path: String) throws(ExportError) {
    self.path = path
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE | SQLITE_OPEN_NOMUTEX
    guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK else {
      let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      handle = nil
      throw .database(path: path, reason: reason)
    }
  }

  deinit { sqlite3_close_v2(handle) }

  func close() throws(ExportError) {
    guard sqlite3_close(handle) == SQLITE_OK else { throw failure() }
    handle = nil
  }

  /// Runs statements that answer nothing.
  func execute(_ sql: String) throws(ExportError) {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
  }

  func prepare(_ sql: String) throws(ExportError) -> SQLiteStatement {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else { throw failure() }
    return SQLiteStatement(statement, of: self)
  }

  fileprivate func failure() -> ExportError {
    .database(path: path, reason: handle.map { String(cString: sqlite3_errmsg($0)) } ?? "it is closed")
  }
}

/// A value of a column.
enum SQLiteValue {
  case null
  case integer(Int64)
  case text([UInt8])

  init(_ name: Name?) { self = name.map { .text($0.bytes) } ?? .null }
  init(_ text: String?) { self = text.map { .text(Array($0.utf8)) } ?? .null }
  init(_ number: (some FixedWidthInteger)?) { self = number.map { .integer(Int64(clamping: $0)) } ?? .null }
  init(_ truth: Bool) { self = .integer(truth ? 1 : 0) }
}

/// A prepared statement, run again and again.
final class SQLiteStatement {
  private let handle: OpaquePointer
  private let database: SQLiteDatabase

  fileprivate init(_ handle: OpaquePointer, of database: SQLiteDatabase) {
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  /// `SQLITE_TRANSIENT`, a macro that Swift does not see: SQLite copies the bytes before the call returns.
  private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  /// Runs it with these values for its parameters.
  func run(_ values: SQLiteValue...) throws(ExportError) {
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
    let result = sqlite3_step(handle)
    guard result == SQLITE_DONE || result == SQLITE_ROW else { throw database.failure() }
    sqlite3_reset(handle)
  }

  /// Runs a statement that answers one number.
  func integer() throws(ExportError) -> Int64 {
    guard sqlite3_step(handle) == SQLITE_ROW else { throw database.failure() }
    let value = sqlite3_column_int64(handle, 0)
    sqlite3_reset(handle)
    return value
  }

  private func bind(_ value: SQLiteValue, at index: Int32) throws(ExportError) {
    let result =
      switch value {
      case .null: sqlite3_bind_null(handle, index)
      case .integer(let number): sqlite3_bind_int64(handle, index, number)
      case .text(let bytes):
        bytes.withUnsafeBytes { raw in
          raw.withMemoryRebound(to: CChar.self) {
            // An empty array has a base address too, else it would be bound as NULL.
            sqlite3_bind_text(handle, index, $0.baseAddress, Int32($0.count), SQLiteStatement.transient)
          }
        }
      }
    guard result == SQLITE_OK else { throw database.failure() }
  }
}
