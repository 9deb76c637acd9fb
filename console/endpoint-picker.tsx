import type { EndpointName } from "./api.ts";

interface EndpointPickerProps {
  readonly endpoints: readonly EndpointName[];
  /** The name of the endpoint that is open. */
  readonly current: string | undefined;
  readonly onPick: (name: string) => void;
}

/** A field to pick an endpoint of the configuration. */
export function EndpointPicker({ endpoints, current, onPick }: EndpointPickerProps) {
  return (
    <div class="endpoint-picker">
      <label for="endpoint">Endpoint</label>
      <select
        id="endpoint"
        value={current ?? ""}
        onChange={(event: Event) => onPick((event.currentTarget as HTMLSelectElement).value)}
      >
        {current === undefined && <option value="">Pick one</option>}
        {endpoints.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
