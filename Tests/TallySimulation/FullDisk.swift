import Glibc
import TallyFormat
import TallyTestSupport
import Tallystick

/// A disk that runs full in the middle of a write, at every byte of every write of a short script.
///
/// Runs of zeros (new segments are written ahead with them) are cut at sectors only: their bytes are alike.
public struct FullDisk: Sendable {
  private let settings: SimulationSettings
  /// Which write, from 0, and how many bytes it has.
  private let writes: [Int]

  public init() throws {
    settings = SimulationSettings()
    let count = WriteCounter()
    _ = try Self.life(settings, fault: count.count)
    writes = count.sizes
  }

  public var writeCount: Int { writes.count }

  /// - Parameter stride: 1: every byte.
  public func run(_ write: Int, by stride: Int = 1) throws -> SimulationCounts {
    var counts = SimulationCounts()
    let size = writes[write]
    for cut in Swift.stride(from: 0, through: size, by: size > 1024 ? SimulatedContent.sectorBytes : stride) {
      do {
        counts.answers += try Self.life(settings) { number, _ in
          number == write ? .failure(code: ENOSPC, written: cut) : nil
        }
      } catch {
        throw BrokenPromise("the disk was full in write \(write) after \(cut) of \(size) bytes: \(error)")
      }
      counts.faults += 1
      // Killed and recovered, and once more after a power loss.
      counts.crashStates += 2
    }
    return counts
  }

  private final class WriteCounter {
    var sizes: [Int] = []
    func count(_ number: Int, _ call: FileCall) -> Fault? {
      sizes.append(call.count)
      return nil
    }
  }

  /// A writer's life in which one write may fail; then the log must be as an intact one, to a process and after a power
  /// loss.
  private static func life(_ settings: SimulationSettings, fault: @escaping (Int, FileCall) -> Fault?) throws -> Int {
    let machine = Machine(settings, seed: 1) { false }
    try settings.create(machine.files)
    var number = 0
    machine.files.fault = { call in
      guard call.kind == .write else { return nil }
      defer { number += 1 }
      return fault(number, call)
    }
    try append(machine)
    let lost = machine.files.disk.afterPowerLoss()
    machine.killProcesses()
    for disk in [machine.files.disk, lost] {
      let files = SimulatedFileSystem(disk, clock: machine.files.clock, seed: 1)
      var check = LogCheck(settings: settings, clients: machine.clients, random: SplitMix64(seed: 1))
      try check.holds(files, losingPower: true)
    }
    return machine.clients.sent.count { $0.isSettled }
  }

  private static func append(_ machine: Machine) throws {
    let log: TallyLog
    do { log = try TallyLog(LogCheck.path, options: machine.settings.options(machine.files)) } catch {
      guard case .log(.file) = error, machine.files.faultCount > 0 else { throw error }
      return
    }
    for portion in SmallWorld.script {
      let result = try machine.append(portion, to: log)
      if result.hasFailed, machine.files.faultCount == 0 { throw BrokenPromise("the writer failed on a sound disk") }
      machine.files.clock.now += 300
    }
    log.tick()
    log.close()
  }
}
