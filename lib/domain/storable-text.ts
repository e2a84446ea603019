const NUL = /\0/g;

/** Text that every database takes: PostgreSQL refuses NUL and lone surrogates, which both become U+FFFD. */
export function storableText(text: string): string {
  return (text.includes('\0') ? text.replace(NUL, '\uFFFD') : text).toWellFormed();
}
