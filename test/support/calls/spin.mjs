/** The module of spin.openrpc.yaml: one function loops, the promise of another is never settled. */
export function spin() {
  for (;;);
}

export function wait() {
  return new Promise(() => {});
}

export function add(a, b) {
  return a + b;
}
