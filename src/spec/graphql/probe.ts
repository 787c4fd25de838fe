/** Probes of a GraphQL rule: a query text whose variables are CEL over what is known so far. */
import { type GraphQLSchema, Kind, parse, print, TypeInfo, validate, visit, visitWithTypeInfo } from 'graphql';

export type ReadProbeQuery =
  { kind: 'query'; text: string; variables: string[] } | { kind: 'invalid'; message: string };

/** Parses a probe's query, declares the variables that it uses, and validates it. */
export function readProbeQuery(text: string, schema: GraphQLSchema): ReadProbeQuery {
  try {
    const document = parse(text, { maxTokens: 10_000, noLocation: true });
    const [operation, ...more] = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
    if (operation === undefined || more.length > 0 || operation.operation === 'subscription')
      return { kind: 'invalid', message: 'a probe is one query or mutation' };
    const declared = new Set((operation.variableDefinitions ?? []).map((one) => one.variable.name.value));
    const used = new Map<string, string>();
    const info = new TypeInfo(schema);
    visit(
      document,
      visitWithTypeInfo(info, {
        VariableDefinition: () => false,
        Variable(node) {
          const type = info.getInputType();
          if (type && !used.has(node.name.value)) used.set(node.name.value, String(type));
        },
      }),
    );
    const missing = [...used].filter(([name]) => !declared.has(name)).map(([name, type]) => `$${name}: ${type}`);
    const head = [...(operation.variableDefinitions ?? []).map((one) => print(one)), ...missing].join(', ');
    const rest = document.definitions.filter((one) => one !== operation).map((one) => print(one));
    const body = print(operation.selectionSet);
    const whole = [`${operation.operation}${head === '' ? '' : `(${head})`} ${body}`, ...rest].join('\n');
    const wrong = validate(schema, parse(whole, { noLocation: true }));
    if (wrong[0] !== undefined) return { kind: 'invalid', message: wrong[0].message };
    return { kind: 'query', text: whole, variables: [...new Set([...declared, ...used.keys()])] };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'invalid', message: error instanceof RangeError ? 'the query is nested too deeply' : message };
  }
}
