/**
 * A correct rental for `rental.yaml`: cars that are removed for a while and restored, added one by one or together, and
 * trips that nothing reads alone. What is no JSON is a 400, what breaks the contract a 422. BUG plants one bug.
 */
import { type Answer, bug, isInteger, isRecord, isText, type Request, serve } from './http.ts';

interface Car {
  id: string;
  plate: string;
  seats: number;
  electric: boolean;
  notes: string | null;
  score: number;
  dueInDays: number;
  firstUse?: string;
  deposit?: string;
  removedAt: string | null;
}

interface Trip {
  id: number;
  carId: string;
  km: number;
}

const cars = new Map<string, Car>();
const trips = new Map<number, Trip>();
const ids = { car: 0, trip: 0 };
const invalid: Answer = { status: 422 };
const unknown: Answer = { status: 404 };

type Fields = Record<string, unknown>;
const TIME = /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function isInstant(value: unknown): value is string {
  const parts = typeof value === 'string' ? TIME.exec(value) : null;
  if (parts === null) return false;
  const [, day = '', hour = '', minute = '', second = '', , zone = ''] = parts;
  const clock = `${day}T${hour}:${minute}:${second === '60' ? '59' : second}${zone.toUpperCase()}`;
  const at = new Date(clock);
  if (Number.isNaN(at.getTime()) || Number(hour) > 23) return false;
  if (second === '60' && at.toISOString().slice(11, 19) !== '23:59:59') return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

const CHECKS: Record<string, (value: unknown) => boolean> = {
  plate: (value) => typeof value === 'string' && /^[A-Z]{2}-\d{4}$/.test(value),
  seats: (value) => isInteger(value, 1, bug === 'most-refused' ? 8 : 9),
  electric: (value) => typeof value === 'boolean',
  notes: (value) => value === null || isText(value, 0, 100),
  score: (value) => isInteger(value, 0, 10),
  dueInDays: (value) => isInteger(value, 0, 90),
  firstUse: isInstant,
  deposit: (value) => typeof value === 'string' && /^(0|[1-9]\d{0,6})\.\d\d$/.test(value),
};

function fits(body: unknown, names: string[], required: string[]): body is Fields {
  if (!isRecord(body) || required.some((name) => body[name] === undefined)) return false;
  return Object.entries(body).every(([name, value]) => names.includes(name) && CHECKS[name]?.(value) === true);
}

const NEW = ['plate', 'seats', 'electric', 'notes', 'score', 'dueInDays', 'firstUse', 'deposit'];
const CHANGE = ['plate', 'seats', 'electric', 'notes', 'score'];

function isTaken(plate: unknown, own?: Car): boolean {
  return [...cars.values()].some((one) => one !== own && one.plate === plate);
}

function made(body: Fields): Car {
  const { plate, seats, electric = false, notes = null, score = 0, dueInDays = 30, firstUse, deposit } = body;
  const days = bug === 'zero-is-default' ? Number(dueInDays) || 30 : Number(dueInDays);
  const use = bug === 'zone-lost' ? String(firstUse).replace(/[+-]\d\d:\d\d$/, 'Z') : String(firstUse);
  const money = bug === 'cents-lost' ? `${String(deposit).slice(0, -1)}0` : String(deposit);
  return {
    id: `car-${++ids.car}`,
    plate: String(plate),
    seats: Number(seats),
    electric: electric === true,
    notes: notes === null ? null : String(notes),
    score: Number(score),
    dueInDays: days,
    ...(firstUse === undefined ? {} : { firstUse: use }),
    ...(deposit === undefined ? {} : { deposit: money }),
    removedAt: null,
  };
}

function listCars({ query }: Request): Answer {
  const whole = (name: string, fallback: number, least: number, most: number): number => {
    const text = query.get(name) ?? String(fallback);
    const value = Number(text);
    return /^[+-]?\d+(\.0+)?$/.test(text) && value >= least && value <= most ? value : Number.NaN;
  };
  const [limit, offset] = [whole('limit', 20, 1, 100), whole('offset', 0, 0, Number.MAX_SAFE_INTEGER)];
  const shows = query.get('include_removed') ?? 'false';
  if (Number.isNaN(limit) || Number.isNaN(offset) || !/^(true|false)$/.test(shows)) return invalid;
  const all = [...cars.values()].filter(
    ({ removedAt }) => removedAt === null || shows === 'true' || bug === 'removed-listed',
  );
  const piece = all.slice(offset, offset + limit + (bug === 'one-more' ? 1 : 0));
  return { status: 200, body: { cars: piece, total: bug === 'total-of-piece' ? piece.length : all.length } };
}

function addCar({ body }: Request): Answer {
  if (!fits(body, NEW, ['plate', 'seats'])) return invalid;
  if (isTaken(body['plate'])) return { status: 409 };
  const car = made(body);
  cars.set(car.id, car);
  return { status: 201, body: car, headers: { location: `${bug === 'place-wrong' ? '/car' : '/cars'}/${car.id}` } };
}

function addCars({ body }: Request): Answer {
  if (!Array.isArray(body) || body.length < 1 || body.length > 5) return invalid;
  if (!body.every((one) => fits(one, NEW, ['plate', 'seats']))) return invalid;
  const plates = body.map((one: Fields) => one['plate']);
  if (new Set(plates).size < plates.length || plates.some((one) => isTaken(one))) return { status: 409 };
  const added = body.map((one: Fields) => made(one));
  for (const [index, car] of added.entries()) if (index === 0 || bug !== 'second-lost') cars.set(car.id, car);
  return { status: 201, body: added };
}

function changeCar(car: Car, body: unknown): Answer {
  if (!fits(body, CHANGE, [])) return invalid;
  if (body['plate'] !== undefined && isTaken(body['plate'], car) && bug !== 'plate-changed') return { status: 409 };
  const change = { ...body };
  if (bug === 'false-kept' && change['electric'] === false) delete change['electric'];
  if (bug === 'null-kept' && change['notes'] === null) delete change['notes'];
  if (bug === 'score-kept') delete change['score'];
  if (bug === 'patch-clears' && change['notes'] === undefined) change['notes'] = null;
  Object.assign(car, change);
  return { status: 200, body: car };
}

function restoreCar(car: Car): Answer {
  if (car.removedAt === null) return { status: 409 };
  if (bug === 'restore-empties') car.notes = null;
  if (bug === 'restore-forgets') return { status: 200, body: { ...car, removedAt: null } };
  car.removedAt = null;
  return { status: 200, body: car };
}

function onTrips(car: Car, { method, body }: Request, id: string | undefined): Answer {
  if (id !== undefined) {
    const trip = /^\+?\d+$/.test(id) && Number(id) > 0 ? trips.get(Number(id)) : undefined;
    if (!/^\+?\d+$/.test(id) || Number(id) < 1) return invalid;
    if (trip === undefined || (trip.carId !== car.id && bug !== 'trip-of-another')) return unknown;
    trips.delete(trip.id);
    return { status: 204 };
  }
  if (method === 'GET') {
    const own = [...trips.values()].filter((one) => one.carId === car.id || bug === 'others-trips');
    return { status: 200, body: own };
  }
  const km = isRecord(body) && Object.keys(body).length === 1 ? body['km'] : undefined;
  if (typeof km !== 'number' || km < 0 || km > 5000) return invalid;
  const trip = { id: ++ids.trip, carId: car.id, km };
  trips.set(trip.id, trip);
  return { status: 201, body: trip };
}

const ALLOWED: [RegExp, string][] = [
  [/^\/cars$/, 'GET, POST'],
  [/^\/cars\/batch$/, 'POST'],
  [/^\/cars\/[^/]+$/, 'GET, PATCH, DELETE'],
  [/^\/cars\/[^/]+\/restore$/, 'POST'],
  [/^\/cars\/[^/]+\/trips$/, 'GET, POST'],
  [/^\/cars\/[^/]+\/trips\/[^/]+$/, 'DELETE'],
];

serve((request): Answer => {
  const { method, path } = request;
  const allow = ALLOWED.find(([pattern]) => pattern.test(path))?.[1];
  if (allow === undefined) return unknown;
  if (!allow.split(', ').includes(method)) return { status: 405, headers: { allow } };
  if (['POST', 'PATCH'].includes(method) && !path.endsWith('/restore')) {
    const type = String(request.headers['content-type']).split(';')[0];
    if (request.malformed || type !== (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'))
      return { status: 400 };
  }
  if (path === '/cars') return method === 'GET' ? listCars(request) : addCar(request);
  if (path === '/cars/batch') return addCars(request);
  const [, , id = '', below, trip] = path.split('/');
  if (!/^car-\d{1,9}$/.test(decodeURIComponent(id))) return invalid;
  const car = cars.get(decodeURIComponent(id));
  if (car === undefined || (car.removedAt !== null && below !== 'restore')) return unknown;
  if (below === 'restore') return restoreCar(car);
  if (below === 'trips') return onTrips(car, request, trip);
  if (method === 'PATCH') return changeCar(car, request.body);
  if (method === 'GET') return { status: 200, body: car };
  car.removedAt = new Date().toISOString();
  return { status: 204 };
});
