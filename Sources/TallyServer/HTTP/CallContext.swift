import Hummingbird
import NIOCore

/// What is known of a call beside its request.
struct CallContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Whose calls count together.
  let client: ClientName

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    client = ClientName(source.channel.remoteAddress)
  }
}
