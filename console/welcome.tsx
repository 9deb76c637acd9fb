import type { CountryName } from "./answers.ts";

interface WelcomeProps {
  readonly countries: readonly CountryName[];
  /** Whether a first answer is on its way. */
  readonly isWaiting: boolean;
  readonly onPick: (code: string) => void;
}

const SUGGESTED = new Set(["FRA", "JPN", "BRA", "KEN", "CAN", "IND"]);
const BRANCHES = ["facts", "stats", "airports", "cities"];

/** What is there before the first answer: what this page does, and where to begin. */
export function Welcome({ countries, isWaiting, onPick }: WelcomeProps) {
  const suggested = countries.filter(({ code }) => SUGGESTED.has(code));
  return (
    <section class={isWaiting ? "panel welcome waiting" : "panel welcome"}>
      <Fan />
      <div>
        <h2>One request in, several out, one answer back</h2>
        <p class="muted">
          Pick a country. Manifold asks four upstreams about it at once, puts what they say into one answer,
          and shows here how long each of them took.
        </p>
        {suggested.length > 0 && (
          <p class="suggestions">
            {suggested.map(({ code, name }) => (
              <button key={code} type="button" onClick={() => onPick(code)}>
                {name}
              </button>
            ))}
          </p>
        )}
      </div>
    </section>
  );
}

/** One line from the left that becomes a line a branch. */
function Fan() {
  return (
    <svg class="fan" viewBox="0 0 300 168" aria-hidden="true">
      {BRANCHES.map((name, index) => {
        const y = 24 + index * 40;
        return (
          <g key={name}>
            <path d={`M72 84h36c40 0 28 ${y - 84} 84 ${y - 84}`} />
            <circle cx="198" cy={y} r="4.5" />
            <text x="212" y={y + 4.5}>
              {name}
            </text>
          </g>
        );
      })}
      <path d="M20 84h52" />
      <circle cx="14" cy="84" r="4.5" />
      <rect x="60" y="66" width="36" height="36" rx="9" />
    </svg>
  );
}
