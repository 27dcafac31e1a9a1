/** A tenant: everything on the platform belongs to exactly one. Names are 1 to 200 characters. */
import { named } from './name.ts';

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
}

export const founded = (organization: Organization): Organization => ({ ...organization, name: named(organization.name, 'name') });

/** The demo world's tenant has a fixed id, so that it can be recognised and kept out where there is no demo. */
export const DEMO_ORGANIZATION_ID = 'org_demo';
