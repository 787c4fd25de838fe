const REFUSED = /(answered|gave no id:|refused:) (404|409|422|423)\b/;

/** True for a reason why a case said nothing that may be due to the state: another draw may fare better. */
export function isRefusal(reason: string): boolean {
  return REFUSED.test(reason);
}
