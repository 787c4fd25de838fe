/**
 * Where each part of an SDL document stands. Pointers are `#/TYPE`, `#/TYPE/FIELD`, `#/TYPE/FIELD/ARGUMENT`,
 * `#/ENUM/VALUE`, `#/INPUT/FIELD`; a directive on a part is `…/@NAME`, its argument `…/@NAME/ARGUMENT`, an invariant
 * `…/@invariant/ID`. The schema definition is `#/@schema`. No GraphQL name begins with `@`, so none is ambiguous.
 */
import {
  type ConstDirectiveNode,
  type DocumentNode,
  isTypeSystemDefinitionNode,
  isTypeSystemExtensionNode,
  type TypeSystemDefinitionNode,
  type TypeSystemExtensionNode,
} from 'graphql';
import { at } from '../../events/index.ts';

/** What the index needs of any node. */
interface Placed {
  loc?: { start: number } | undefined;
  name?: { value: string; loc?: { start: number } | undefined } | undefined;
}

export interface SdlIndex {
  /** Offset of a part's name, by its pointer. */
  offsets: Map<string, number>;
  /** Directives on a part, those of its extensions behind its own. */
  directives: Map<string, ConstDirectiveNode[]>;
}

/** Name under which the schema definition is known. */
export const SCHEMA_POINTER = '#/@schema';

/** Indexes the type system definitions of a document. */
export function indexOf(document: DocumentNode): SdlIndex {
  const offsets = new Map<string, number>();
  const directives = new Map<string, ConstDirectiveNode[]>();
  const note = (pointer: string, node: Placed & { directives?: readonly ConstDirectiveNode[] | undefined }): void => {
    if (!offsets.has(pointer)) offsets.set(pointer, node.name?.loc?.start ?? node.loc?.start ?? 0);
    const own = node.directives ?? [];
    if (own.length === 0) return;
    directives.set(pointer, [...(directives.get(pointer) ?? []), ...own]);
    for (const directive of own) {
      const name = at(pointer, `@${directive.name.value}`);
      if (!offsets.has(name)) offsets.set(name, directive.loc?.start ?? 0);
      for (const argument of directive.arguments ?? []) {
        const place = at(name, argument.name.value);
        if (!offsets.has(place)) offsets.set(place, argument.loc?.start ?? 0);
      }
    }
  };
  for (const definition of document.definitions) {
    if (!isTypeSystemDefinitionNode(definition) && !isTypeSystemExtensionNode(definition)) continue;
    const pointer = pointerOf(definition);
    if (pointer === undefined || definition.kind === 'DirectiveDefinition') continue;
    note(pointer, definition);
    if ('fields' in definition)
      for (const field of definition.fields ?? []) {
        const place = at(pointer, field.name.value);
        note(place, field);
        if ('arguments' in field)
          for (const argument of field.arguments ?? []) note(at(place, argument.name.value), argument);
      }
    if ('values' in definition) for (const value of definition.values ?? []) note(at(pointer, value.name.value), value);
  }
  return { offsets, directives };
}

function pointerOf(definition: TypeSystemDefinitionNode | TypeSystemExtensionNode): string | undefined {
  switch (definition.kind) {
    case 'SchemaDefinition':
    case 'SchemaExtension':
      return SCHEMA_POINTER;
    case 'ScalarTypeDefinition':
    case 'ObjectTypeDefinition':
    case 'InterfaceTypeDefinition':
    case 'UnionTypeDefinition':
    case 'EnumTypeDefinition':
    case 'InputObjectTypeDefinition':
    case 'ScalarTypeExtension':
    case 'ObjectTypeExtension':
    case 'InterfaceTypeExtension':
    case 'UnionTypeExtension':
    case 'EnumTypeExtension':
    case 'InputObjectTypeExtension':
      return at('#', definition.name.value);
    default:
      return undefined;
  }
}
