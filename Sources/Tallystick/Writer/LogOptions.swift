/// How a log is opened for writing.
public struct LogOptions: Sendable {
  /// How long to wait for another writer to let go of the log. Default: 5 seconds.
  public var lockWait = Duration.seconds(5)
  /// Expire due holds by a timer, too, not only when a command is judged. Default false.
  public var expiresOnTimer = false
  /// Take snapshots in the background as the log's settings say. Default true.
  public var takesSnapshots = true
  /// Sync each frame before it is acknowledged. Only benchmarks of everything else turn this off. Default true.
  package var isDurable = true
  /// Unix milliseconds.
  public var clock: @Sendable () -> Int64 = SystemClock.now
  /// Where the log's files are. Default: the kernel's.
  public var files: any FileSystem = LocalFileSystem()
  /// Told, in words for people, what is worth knowing: a cut tail, a snapshot that was skipped. Called on any thread.
  public var warn: @Sendable (String) -> Void = { _ in }
  /// Told how the log fares, for metrics and logs. Default: nobody.
  public var observer: (any LogObserver)?
  /// Commands that may wait or be judged at a time, before further ones are answered ``Outcome/busy(_:)``. Default
  /// 1,000,000.
  public var maxQueuedCommands = 1_000_000
  /// About how many bytes of memory they may take. Default 256 MiB.
  public var maxQueuedBytes = 256 << 20

  /// Start no thread: every call is judged, committed and answered on the caller's thread, snapshots included, and
  /// ``TallyLog/tick()`` stands for the timer. For one caller at a time: a simulator's, who must decide the order.
  package var runsInline = false
  /// Bytes that a new segment is written ahead. Less than the default only where a simulator's disks must be small.
  package var firstAllocation = 64 << 10

  /// The defaults.
  public init() {}
}

extension LogOptions {
  /// The same, with an observer that is told of warnings, too.
  var withObservedWarnings: LogOptions {
    guard let observer else { return self }
    var options = self
    options.warn = { [warn] message in
      warn(message)
      observer.warned(message)
    }
    return options
  }
}
