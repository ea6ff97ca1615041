import ArgumentParser
import TallyProof
import Tallystick

struct TilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tiles",
    abstract: "Write the tree over the log's frames as static files, for monitors: C2SP tlog-tiles.",
    discussion: """
      Any web server or CDN can pass the folder on: tile/… with the tree's hashes, tile/entries/… with the frames'
      hashes, and the checkpoint. Run it again to add what has come since; full tiles never change.

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
    let log = try ProvenLog(path)
    let note: SignedNote
    if let key {
      note = try log.sign(try KeyFile.signer(key))
    } else if let last = try log.lastCheckpoint() {
      note = last
    } else {
      throw CommandFailure(
        .rejected, "no checkpoint has been signed yet; sign one with: tally checkpoint --key FILE, or give --key here")
    }
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
      throw CommandFailure(.rejected, "the checkpoint of \(head.size) frames is not one of this log")
    }
    try tiles.tree.keep(note)
    try Output.reading { output in
      if shared.json {
        try output.json { json in
          json.beginObject()
          json.field("frames", head.size)
          json.field("root", head.root.description)
          json.field("folder", folder)
          json.endObject()
        }
      } else {
        try output.line("\(folder): \(head.size) frames")
      }
    }
  }
}
