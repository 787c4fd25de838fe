import { Client, type Dispatcher, Pool } from 'undici';

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

  constructor(origin: string | URL, options: object = OPTIONS) {
    super(origin, options);
    this.on('connect', () => {
      this.#used = false;
    });
  }

  /** Whether the socket was used before; from now on it is. */
  take(): boolean {
    const used = this.#used;
    this.#used = true;
    return used;
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
