/** Operations that hand out credentials, and those that take them back: they are told by their words. */
import type { Operation } from '../../spec/model.ts';
import { wordsOf } from '../cases/names.ts';

const GRANTING = /\b(log ?in|log ?on|sign ?in|tokens?|authenticat(e|ion)|sessions?|authorize|oauth2?|otp)\b/;
const ENDING = /\b(log ?out|log ?off|sign ?out|sign ?off|revoke|invalidate)\b/;

/** True for `POST /login`: who calls it has no credentials yet, and those that it is given may be unknown. */
export function isGranting(operation: Operation): boolean {
  if (operation.method !== 'post') return false;
  const last = operation.path.split('/').findLast((segment) => segment !== '') ?? '';
  return GRANTING.test(wordsOf(last).join(' '));
}

/** True for `POST /logout`: after it the credentials of the run may be worth nothing. */
export function isEnding(operation: Operation): boolean {
  return operation.method !== 'get' && ENDING.test(wordsOf(`${operation.path} ${operation.id}`).join(' '));
}
