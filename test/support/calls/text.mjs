/** Pure functions of text.openrpc.yaml; BUG plants one mistake that only related arguments show. */
const bug = process.env.BUG;

export default {
  text: {
    isAround(part, whole) {
      if (part === whole) return bug === 'equal' ? 'prefix' : 'equal';
      if (bug === 'prefix' ? whole.indexOf(part) === 0 && part.length > 1 : whole.startsWith(part)) return 'prefix';
      if (bug === 'suffix' ? whole.lastIndexOf(part) === part.length : whole.endsWith(part)) return 'suffix';
      if (bug === 'case') return whole.toLowerCase().includes(part.toLowerCase()) ? 'inside' : 'none';
      return whole.includes(part) ? 'inside' : 'none';
    },
  },
};

export function clamp(value, low, high = Infinity) {
  if (bug === 'empty' ? low >= high : low > high) throw Object.assign(new RangeError('Empty range'), { code: 1 });
  if (bug === 'near' && value === low + 1) return low;
  if (bug === 'nan' && value === high) return NaN;
  return Math.min(Math.max(value, low), high);
}

let last;

export function sortedInsert({ list, item }) {
  if (bug === 'memory' && last === item && list.length > 0) return [...list, item];
  last = item;
  const index = list.findIndex((other) => (bug === 'order' ? other > item + 1 : other > item));
  const copy = bug === 'mutate' ? list : [...list];
  if (bug === 'duplicate' && list.includes(item)) return copy;
  if (index < 0) copy.push(item);
  else copy.splice(index, 0, item);
  return copy;
}

export function reset() {
  return bug === 'value' ? 0 : undefined;
}
