import TallyFormat
import Tallystick

/// A second writer that takes the log away from one that is at work: the lock file is removed between two of its calls.
final class Intruder {
  private let machine: Machine
  private let portions: [[Command]]
  private let ticks: Bool
  private(set) var hasActed = false
  /// What is wrong with the answers that it got.
  private(set) var flaw: (any Error)?

  init(_ machine: Machine, portions: [[Command]], ticks: Bool) {
    self.machine = machine
    self.portions = portions
    self.ticks = ticks
  }

  /// Acts in the place between two of the first writer's calls.
  func arm(afterCalls count: Int) {
    var calls = 0
    machine.files.fault = { [self] _ in
      calls += 1
      if calls == count { act() }
      return nil
    }
  }

  /// Takes the log away, serves its own clients, and dies without closing it.
  func act() {
    let files = machine.files
    files.fault = { _ in nil }
    hasActed = true
    do {
      try files.remove(LogDirectory(LogCheck.path).lock)
      let log = try TallyLog(LogCheck.path, options: machine.settings.options(files))
      for portion in portions { try machine.append(portion, to: log) }
      if ticks { log.tick() }
    } catch {
      flaw = error
    }
  }
}
