import type { SlackFileImageObject, UrlImageObject } from '@slack/types';
import { Link } from './inline-text.tsx';

type Image = { alt_text: string } & (UrlImageObject | SlackFileImageObject);

/** The page's policy loads nothing from elsewhere: such a picture is shown as what it says, with its address. */
export function Picture({ image }: { image: Image }) {
  const url = 'image_url' in image ? image.image_url : 'url' in image.slack_file ? image.slack_file.url : '';
  const own = url.startsWith('data:image/') || (URL.canParse(url) && new URL(url).origin === location.origin);
  if (own) return <img class="picture" src={url} alt={image.alt_text} />;
  return (
    <span class="picture-elsewhere">
      <span aria-hidden="true">🖼 </span>
      <Link url={url}>{image.alt_text}</Link>
    </span>
  );
}
