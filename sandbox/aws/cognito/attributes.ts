import { AwsError } from '../errors.ts';
import type { Pool } from './client.ts';

const standard = [
  ...['sub', 'email', 'email_verified', 'phone_number', 'phone_number_verified', 'preferred_username'],
  ...['name', 'given_name', 'middle_name', 'family_name', 'nickname', 'gender', 'birthdate', 'address'],
  ...['locale', 'zoneinfo', 'profile', 'picture', 'website', 'updated_at'],
];

/** The pool's schema: the standard attributes and its own. */
export const schemaOf = ({ customAttributes, required }: Pool) => [
  ...standard.map((Name) => ({
    Name,
    AttributeDataType: Name.endsWith('_verified') ? 'Boolean' : Name === 'updated_at' ? 'Number' : 'String',
    Mutable: Name !== 'sub',
    Required: Name === 'sub' || Name === 'email' || required.includes(Name),
  })),
  ...customAttributes.map(({ name, min, max }) => ({
    Name: name,
    AttributeDataType: 'String',
    Mutable: true,
    Required: false,
    StringAttributeConstraints: { MinLength: String(min), MaxLength: String(max) },
  })),
];

/** Throws InvalidParameterException for an attribute that the pool does not have, or with a length that it refuses. */
export function checkAttributes(
  pool: Pool,
  given: readonly (readonly [name: string, value: string])[],
): void {
  const refuse = (why: string) =>
    new AwsError('InvalidParameterException', `Attributes did not conform to the schema: ${why}`);
  for (const [name, value] of given) {
    if (name === 'phone_number' && !/^\+[1-9]\d{1,14}$/.test(value))
      throw new AwsError('InvalidParameterException', 'Invalid phone number format.');
    if (standard.includes(name)) continue;
    const known = pool.customAttributes.find((one) => one.name === name);
    if (!known)
      throw refuse(
        `Type for attribute {${name}} could not be determined, because the attribute does not exist in the schema.`,
      );
    if (value.length < known.min)
      throw refuse(`${name}: String must be greater than or equal to ${known.min}.`);
    if (value.length > known.max) throw refuse(`${name}: String must be less than or equal to ${known.max}.`);
  }
}
