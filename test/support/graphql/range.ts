/** Answers for `range.graphql`; with BUG=unordered it takes bounds in any order. */
interface Bounds {
  range: { least: number; most: number };
}

export const rootValue = {
  numbers({ range }: Bounds): boolean {
    if (process.env['BUG'] !== 'unordered' && range.least > range.most) throw new Error('the bounds are not ordered');
    return true;
  },
};
