/** A part of the answer that is not there. */
export interface Missing {
  readonly name: string;
  /** Why, in a word: `timeout`, `status=503`. */
  readonly outcome: string;
}

/** Reads a `Manifold-Incomplete` field: `airports;status=503, cities;timeout`. */
export function parseIncomplete(field: string): Missing[] {
  return field.split(",").flatMap((member) => {
    const [name = "", outcome = "missing"] = member.split(";").map((part) => part.trim());
    return name === "" ? [] : [{ name, outcome }];
  });
}
