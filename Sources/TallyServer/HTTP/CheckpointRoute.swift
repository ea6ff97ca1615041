import Hummingbird

/// `GET /v1/checkpoint`: what was signed last, as a signed note.
struct CheckpointRoute: Sendable {
  let server: ServerContext

  func answer(_ request: Request) throws -> Response {
    _ = try PathText.parameters(request.uri.query, allowed: [])
    guard let signer = server.checkpoints else {
      throw Problem.notFound(
        "this server signs no checkpoints: start it with --sign KEYFILE, which tally key generate makes")
    }
    guard let note = signer.findings.note else {
      throw Problem.notFound("no checkpoint has been signed since the server was started; try again in a moment")
    }
    return .text(note.encoded)
  }
}
