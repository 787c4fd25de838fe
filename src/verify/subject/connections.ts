import { buildConnector, Client, type Dispatcher, Pool } from 'undici';
import { skipContinue } from './interim.ts';

const OPTIONS = {
  allowH2: false,
  // We close an idle connection before a service is likely to, so that its closing is not taken for a reset.
  keepAliveTimeout: 1000,
  keepAliveMaxTimeout: 1000,
  // The deadline of the sender covers the whole answer.
  headersTimeout: 0,
  bodyTimeout: 0,
  connectTimeout: 0,
};

/** Takes up on which connection a request went out. */
export interface Tracked extends Dispatcher.DispatchHandler {
  connection?: Connection;
}

/** A connection that knows whether its socket has carried a request before. */
export class Connection extends Client {
  #used = false;
  #awaiting = false;

  constructor(origin: string | URL, options: Client.Options = OPTIONS) {
    const { connect } = options;
    const connector = typeof connect === 'function' ? connect : buildConnector({ allowH2: false, timeout: 0 });
    super(origin, {
      ...options,
      connect: (to, done) =>
        connector(to, (...made) => {
          if (made[0] === null) skipContinue(made[1], () => this.#awaiting);
          done(...made);
        }),
    });
    this.on('connect', () => {
      this.#used = false;
    });
  }

  /** Whether the socket was used before; from now on it is, and the beginning of an answer is due. */
  take(): boolean {
    const used = this.#used;
    this.#used = true;
    this.#awaiting = true;
    return used;
  }

  /** The answer has begun. */
  heard(): void {
    this.#awaiting = false;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Tracked): boolean {
    handler.connection = this;
    return super.dispatch(options, handler);
  }
}

/** Kept connections to an origin, so many at a time. */
export function poolOf(origin: string, connections: number): Pool {
  return new Pool(origin, {
    ...OPTIONS,
    connections,
    factory: (target, options) => new Connection(target, options),
  });
}
