/// A log that has been opened for reading: its store and its frames.
struct StoredLog: Sendable {
  let store: any LogStore
  let source: any FrameSource

  /// Of the snapshots and the index.
  var directory: LogDirectory { store.derived }
  var files: any FileSystem { store.files }
  var log: LogID { source.log }
  var settings: LogSettings { source.settings }

  init(_ store: any LogStore) throws(LogError) {
    self.store = store
    source = try store.source()
  }
}
