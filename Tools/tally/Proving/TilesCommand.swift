import ArgumentParser
import TallyProcess
import TallyProof
import Tallystick

struct TilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tiles",
    abstract: "Write the tree over the log's frames as static files, for monitors: C2SP tlog-tiles.",
    discussion: """
      Any web server or CDN can pass the folder on: tile/… with the tree's hashes, tile/entries/… with the frames'
      hashes, and the checkpoint. Run it again to add what has come since; full tiles never change.

      If a tree over events is kept (tally checkpoint --events), it goes into the folder events, as a tree of its own, whose
      checkpoint has the same key and the origin ORIGIN/events (tally key events).

      Example:
        tally tiles public/log --key shop.key
      """)

  @Argument(help: ArgumentHelp("The folder; made if it is not there.", valueName: "dir"))
  var folder: String

  @Option(
    help: ArgumentHelp("The secret key that signs the checkpoint (default: the last one signed).", valueName: "file"))
  var key: String?

  @OptionGroup var shared: SharedOptions

  func run() throws {
    let path = try shared.path
    if let objection = FilePlace.objection(toWriting: folder, "the folder", log: path, keeping: []) {
      throw CommandFailure.usage(objection)
    }
    let log = try ProvenLog(path)
    let note = try log.checkpoint(signedWith: key)
    let head = try TreeHead(parsing: note.text)
    let tiles = try ProvenLog(path, folder: folder)
    // Of a checkpoint that is older than what is there already, the tiles at the edge may be gone.
    guard tiles.tree.size <= head.size else {
      throw CommandFailure(
        .rejected,
        "\(folder) has \(tiles.tree.size) frames already, and the checkpoint covers \(head.size): sign a new one")
    }
    try tiles.tree.grow(from: tiles.source, upTo: head.size)
    guard tiles.tree.size == head.size, try tiles.tree.root(of: head.size) == head.root else {
      try tiles.tree.acquit(tiles.source, of: head, at: nil)
      throw CommandFailure(.rejected, "the checkpoint of \(head.size) frames is not one of this log")
    }
    // First: a checkpoint with a root over events is there when their tiles are.
    if head.eventsRoot != nil {
      let ofEvents = try log.eventsCheckpoint(of: head)
      if log.tree.size < head.size { try log.tree.grow(from: log.source, upTo: head.size) }
      try log.tree.publishEvents(
        in: "\(folder)/\(EventsHead.part)", of: TreeHead(parsing: ofEvents.text), under: ofEvents)
    }
    try tiles.tree.keep(note)
    try Output.reading { output in
      if shared.json {
        try output.json { json in
          json.beginObject()
          json.field("frames", head.size)
          json.field("root", head.root.description)
          json.field("events", head.eventsRoot != nil)
          json.field("folder", folder)
          json.endObject()
        }
      } else {
        try output.line("\(folder): \(head.size) frames")
      }
    }
  }
}
