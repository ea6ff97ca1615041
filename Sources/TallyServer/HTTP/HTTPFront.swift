import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TallyThreads
import Tallystick

/// The server's side of HTTP, from its start to its end. Its calls block.
final class HTTPFront: Sendable {
  private enum State {
    case starting
    case running(SocketAddress?)
    case failed(String)
    case ended
  }
  private let state: Monitor<State>
  private let services: ServiceGroup
  /// With the port that was taken.
  let address: ListenAddress

  /// Listens for a server of stock.
  convenience init(
    _ address: ListenAddress, _ server: ServerContext, _ group: MultiThreadedEventLoopGroup
  ) throws(ServerFailure) {
    let isLoopback = try HTTPFront.prepare(address)
    if !isLoopback, !server.configuration.servesOtherMachines { throw .beyondLoopback("\(address)") }
    try self.init(
      address, HTTPRoutes.router(server, isLoopback: isLoopback), patience: server.configuration.patience,
      mostConnections: server.configuration.maxConnections, tls: server.tls, group)
  }

  /// Listens, for whatever the router knows.
  init(
    _ address: ListenAddress, _ router: Router<CallContext>, patience: TimeAmount, mostConnections: Int,
    tls: ServerTLS? = nil, _ group: MultiThreadedEventLoopGroup
  ) throws(ServerFailure) {
    let state = Monitor(State.starting)
    let quiet = Logger(label: "tallystick.http") { _ in SwiftLogNoOpLogHandler() }
    let connections = HTTP1Channel.Configuration(
      additionalChannelHandlers: [PatienceHandler(patience)], idleTimeout: patience)
    let application = Application(
      router: router, server: HTTPFront.channels(connections, address.isSocketPath ? nil : tls),
      configuration: ApplicationConfiguration(
        address: address.binding, serverName: "tallystick",
        availableConnectionsDelegate: MaximumAvailableConnections(mostConnections)),
      onServerRunning: { channel in state.signal { $0 = .running(channel.localAddress) } },
      eventLoopGroupProvider: .shared(group), logger: quiet)
    let services = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: [application], gracefulShutdownSignals: [], logger: quiet))
    Task {
      do {
        try await services.run()
        state.signal { $0 = .ended }
      } catch {
        state.signal { $0 = .failed(Listening.reason(error)) }
      }
    }
    let started: State? = state.wait { if case .starting = $0 { nil } else { $0 } }
    guard case .running(let bound) = started else {
      guard case .failed(let reason) = started else { throw .cannotListen("\(address)", reason: "it ended") }
      throw .cannotListen("\(address)", reason: reason)
    }
    self.state = state
    self.services = services
    self.address = address.with(port: bound?.port)
  }

  /// Looks whether it can be listened on; what a killed server left there is put away.
  ///
  /// - Returns: whether only this machine reaches it.
  private static func prepare(_ address: ListenAddress) throws(ServerFailure) -> Bool {
    do {
      switch address {
      case .tcp(let host, let port): return try SocketAddress.makeAddressResolvingHost(host, port: port).isLoopback
      case .unix(let path):
        try Listening.removeDeadSocket(path)
        return true
      }
    } catch {
      throw .cannotListen("\(address)", reason: Listening.reason(error))
    }
  }

  private static func channels(_ configuration: HTTP1Channel.Configuration, _ tls: ServerTLS?) -> HTTPServerBuilder {
    guard let tls else { return .http1(configuration: configuration) }
    return HTTPServerBuilder { responder in
      SecuredChannel(inside: HTTP1Channel(responder: responder, configuration: configuration), tls: tls)
    }
  }

  /// Lets nobody new in, and answers what was asked.
  ///
  /// - Returns: whether that came to an end in time.
  func end(atMost time: TimeAmount) -> Bool {
    let services = services
    Task { await services.triggerGracefulShutdown() }
    return state.wait(timeout: Double(time.nanoseconds) / 1e6) { state -> Bool? in
      switch state {
      case .ended, .failed: true
      case .starting, .running: nil
      }
    } ?? false
  }
}

extension ListenAddress {
  /// A socket of this machine, which needs no TLS.
  fileprivate var isSocketPath: Bool { if case .unix = self { true } else { false } }

  fileprivate var binding: BindAddress {
    switch self {
    case .tcp(let host, let port): .hostname(host, port: port)
    case .unix(let path): .unixDomainSocket(path: path)
    }
  }
}
