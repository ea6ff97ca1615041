import CKernel
import Glibc

/// A program that a test talks to: its input, its two outputs and its end, each wait with a limit.
public final class RunningProgram {
  /// How a program ended.
  public struct Ended: Sendable {
    /// Its exit status, or 128 + the signal that ended it; -1 if it had to be killed because it did not end in time.
    public var status: Int32
    public var output: String
    public var errors: String

    public init(status: Int32, output: String, errors: String) {
      self.status = status
      self.output = output
      self.errors = errors
    }

    public var lines: [String] { output.utf8.split { $0 == 0x0A || $0 == 0x0D }.map { String(Substring($0)) } }
  }

  public let id: pid_t
  private var input: Int32
  private var pendingInput: [UInt8] = []
  private var output: Int32
  private var errors: Int32
  private var outputBytes: [UInt8] = []
  private var errorBytes: [UInt8] = []
  /// Of the output, what ``nextLine(within:)`` has handed out.
  private var linesRead = 0
  private var status: Int32?

  /// Long enough for a loaded machine; a program that takes longer hangs.
  public static let patience: Double = 120

  /// Starts `arguments[0]`, found on the path.
  ///
  /// - Parameter environment: added to what programs need anyway.
  public init?(_ arguments: [String], environment: [String: String] = [:]) {
    signal(SIGPIPE, SIG_IGN)
    guard let toChild = RunningProgram.pipe(), let fromChild = RunningProgram.pipe(),
      let errorsFromChild = RunningProgram.pipe()
    else { return nil }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild.read, 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild.write, 1)
    posix_spawn_file_actions_adddup2(&actions, errorsFromChild.write, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What the test's runner ignores or blocks is not the program's business.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for number in [SIGPIPE, SIGINT, SIGTERM, SIGXFSZ] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var variables = environment
    for name in ["PATH", "HOME", "LD_LIBRARY_PATH"] where variables[name] == nil {
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
    let argv = RunningProgram.strings(arguments)
    let envp = RunningProgram.strings(variables.map { "\($0.key)=\($0.value)" })
    defer { for pointer in argv + envp { free(pointer) } }
    var process = pid_t()
    let code = posix_spawnp(&process, arguments[0], &actions, &attributes, argv, envp)
    for end in [toChild.read, fromChild.write, errorsFromChild.write] { close(end) }
    (id, input, output, errors) = (process, toChild.write, fromChild.read, errorsFromChild.read)
    guard code == 0 else {
      status = -1
      for end in [input, output, errors] { close(end) }
      (input, output, errors) = (-1, -1, -1)
      return nil
    }
    for end in [input, output, errors] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
  }

  deinit {
    if status == nil {
      Glibc.kill(id, SIGKILL)
      var ignored: Int32 = 0
      waitpid(id, &ignored, 0)
    }
    for end in [input, output, errors] where end >= 0 { close(end) }
  }

  public func kill(_ signal: Int32) { Glibc.kill(id, signal) }

  /// Sends text, which goes out while the other methods wait.
  public func send(_ text: String) { send(Array(text.utf8)) }
  public func send(_ bytes: [UInt8]) { pendingInput += bytes }

  /// No more input comes, once what was sent has been taken.
  public func endInput() { endsInput = true }
  private var endsInput = false

  /// Lets its output hold one page unread, so that it soon waits for a reader; to be called before it has written more.
  public func narrowOutput() { _ = fcntl(output, RunningProgram.setPipeSize, 4096) }
  /// Linux's `F_SETPIPE_SZ`, which the import of its header leaves out.
  private static let setPipeSize: Int32 = 1031

  /// Nobody reads its output any more.
  public func closeOutput() {
    if output >= 0 { close(output) }
    output = -1
  }

  /// The next line of its output; `nil` at the end of it, or when time is up.
  public func nextLine(within seconds: Double = patience) -> String? {
    var line: String?
    pump(within: seconds) {
      guard let end = outputBytes[linesRead...].firstIndex(of: 0x0A) else { return output < 0 }
      line = String(decoding: outputBytes[linesRead..<end], as: UTF8.self)
      linesRead = end + 1
      return true
    }
    return line
  }

  /// Waits until it has written so many lines, or has closed its output.
  public func waitForLines(_ count: Int, within seconds: Double = patience) {
    pump(within: seconds) { output < 0 || outputBytes.count(where: { $0 == 0x0A }) >= count }
  }

  /// Waits until standard error holds the text.
  public func waitForErrors(_ text: String, within seconds: Double = patience) {
    pump(within: seconds) { errors < 0 || String(decoding: errorBytes, as: UTF8.self).contains(text) }
  }

  /// Ends its input, reads everything and waits for its end.
  public func finish(within seconds: Double = patience) -> Ended {
    endInput()
    pump(within: seconds) { output < 0 && errors < 0 && reap() }
    if status == nil {
      Glibc.kill(id, SIGKILL)
      var ignored: Int32 = 0
      waitpid(id, &ignored, 0)
      status = -1
    }
    return Ended(
      status: status ?? -1, output: String(decoding: outputBytes, as: UTF8.self),
      errors: String(decoding: errorBytes, as: UTF8.self))
  }

  /// Whether it ends within so many seconds while nobody reads what it writes.
  public func ends(within seconds: Double) -> Bool {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(seconds))
    repeat {
      if reap() { return true }
      usleep(5_000)
    } while clock.now < end
    return false
  }

  private func reap() -> Bool {
    if status != nil { return true }
    var code: Int32 = 0
    guard waitpid(id, &code, WNOHANG) == id else { return false }
    status = code & 0x7F == 0 ? (code >> 8) & 0xFF : 128 + (code & 0x7F)
    return true
  }

  /// Moves bytes both ways until `isDone`, or until time is up.
  private func pump(within seconds: Double, until isDone: () -> Bool) {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(seconds))
    while !isDone(), clock.now < end {
      if endsInput, pendingInput.isEmpty, input >= 0 {
        close(input)
        input = -1
      }
      // A negative descriptor is passed over. A limit, since the end of a process makes no descriptor ready.
      var waits = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0), pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
        pollfd(fd: pendingInput.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
      ]
      poll(&waits, nfds_t(waits.count), output < 0 && errors < 0 ? 2 : 50)
      if waits[0].revents != 0 { take(&output, into: &outputBytes) }
      if waits[1].revents != 0 { take(&errors, into: &errorBytes) }
      if waits[2].revents != 0 { give() }
    }
  }

  private func take(_ descriptor: inout Int32, into bytes: inout [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &buffer, buffer.count)
    if count > 0 { return bytes.append(contentsOf: buffer[0..<count]) }
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
    close(descriptor)
    descriptor = -1
  }

  private func give() {
    let count = write(input, pendingInput, pendingInput.count)
    if count > 0 { pendingInput.removeFirst(count) }
    // It reads no more.
    if count < 0 && errno != EAGAIN && errno != EINTR { pendingInput = [] }
  }

  /// Its ends are closed in every child but the one that is given them: another that inherited one would keep the pipe
  /// from ending.
  private static func pipe() -> (read: Int32, write: Int32)? {
    var ends: [Int32] = [-1, -1]
    return tally_pipe(&ends) == 0 ? (ends[0], ends[1]) : nil
  }

  private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }
}
