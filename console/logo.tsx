/** One line that becomes three. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
      <path d="M4 16h6c7 0 6-9 13-9M10 16h13M10 16c7 0 6 9 13 9" />
      <circle cx="26" cy="7" r="3" />
      <circle cx="26" cy="16" r="3" />
      <circle cx="26" cy="25" r="3" />
    </svg>
  );
}
