/// Frames to be used again, whose memory together is bounded however frames and threads meet.
///
/// Large frames are few to a turn; but a log made for it has one among hundreds of small ones, another one each time, and
/// in the end the memory of each frame would be as large. What counts, therefore, is what frames had when they last came
/// back, until they come back again: those that are out are not forgotten.
struct FramePool {
  private var idle: [PreparedFrame] = []
  /// Bytes that all frames from here had when they were given back last.
  private(set) var keptBytes = 0
  private let mostBytes: Int

  /// - Parameter mostBytes: that frames may bring along when they are taken.
  init(mostBytes: Int) { self.mostBytes = mostBytes }

  mutating func take() -> PreparedFrame { idle.popLast() ?? PreparedFrame() }

  /// Takes back a frame, or forgets it and its memory if the pool has enough.
  mutating func giveBack(_ frame: PreparedFrame) {
    keptBytes -= frame.keptBytes
    frame.keptBytes = 0
    guard keptBytes + frame.memory <= mostBytes else { return }
    frame.keptBytes = frame.memory
    keptBytes += frame.memory
    idle.append(frame)
  }
}
