/** Parameters of a notification by name, in the order in which they are sent. */
export type NotificationFields = Readonly<Record<string, string>>;

/** Parameters to fill a notification with: a number is taken by its text, `undefined` leaves the parameter out. */
export type NotificationOverrides = Readonly<Record<string, string | number | undefined>>;

/** A parameter that the sample knows keeps its place, a new one comes last. */
export function overrideFields(sample: NotificationOverrides, overrides: NotificationOverrides): NotificationFields {
  const merged = Object.entries({ ...sample, ...overrides });
  return Object.fromEntries(merged.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}
