/** What a user does in the organisation. The order is the one in which roles are listed. */
export const roleNames = ['ADMIN', 'PORTFOLIO_MANAGER', 'TRADER', 'RISK', 'COMPLIANCE', 'OPERATIONS', 'INVESTOR'] as const;
export type Role = (typeof roleNames)[number];

/** Each once, in the order of listing; names that are no role are left out. */
export const rolesIn = (names: readonly string[]): readonly Role[] => roleNames.filter((role) => names.includes(role));
