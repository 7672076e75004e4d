// Drawings that the browser part shares.

export const Stroke = ({ size = 18, width = 2, children }) => (
  <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={width} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
    {children}
  </svg>
);

/** The brand: a yellow bolt on an indigo tile. */
export function Bolt({ big = false }) {
  const size = big ? 34 : 16;
  return (
    <span className={big ? "brand lg" : "brand"} aria-hidden="true">
      <svg width={size} height={size} viewBox="0 0 24 24">
        <path d="M13.6 2 4.8 13.4h5.6L9.2 22l9.9-12.2h-6.2L13.6 2Z" />
      </svg>
    </span>
  );
}
