/** A leaf, and a signal. */
export const ICON: string = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="12" fill="#c2410c"/>
<path d="M20 7c7 4 11 9 11 15 0 5-4 9-9 10v3h-4v-3c-5-1-9-5-9-10 0-6 4-11 11-15z" fill="#fff7ed"/>
<path d="M20 16v16M13.5 22.500c1.500-3 4-4.500 6.500-4.500s5 1.500 6.500 4.500" fill="none" stroke="#c2410c" stroke-width="2.400" stroke-linecap="round"/></svg>`;
