/** Pictures that are safe to show: bitmaps that came as data. SVG is a document, not a picture. Pure. */
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=\s]+$/;

export function isPicture(source: unknown): source is string {
  return typeof source === 'string' && PICTURE.test(source);
}

const MAX_DEPTH = 40;

/** All pictures of a request body in its order, as data URLs. */
export function picturesOf(body: unknown): readonly string[] {
  const found: string[] = [];
  collect(body, found, 0);
  return found;
}

function collect(value: unknown, found: string[], depth: number): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found, depth + 1);
    return;
  }
  const record: Record<string, unknown> = Object.fromEntries(Object.entries(value));
  const url = sourceOf(record);
  if (isPicture(url)) found.push(url);
  else for (const item of Object.values(record)) collect(item, found, depth + 1);
}

/** Anthropic's `source`, Chat's `image_url.url`, the Responses API's `image_url`. */
function sourceOf(record: Record<string, unknown>): unknown {
  const { type, source, image_url: image } = record;
  if (type === 'image' && typeof source === 'object' && source !== null) {
    const { media_type: media, data }: { media_type?: unknown; data?: unknown } = source;
    return `data:${String(media)};base64,${String(data)}`;
  }
  if (typeof image === 'object' && image !== null && 'url' in image) return image.url;
  return image;
}
