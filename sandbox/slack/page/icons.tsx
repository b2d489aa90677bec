import type { ComponentChildren } from 'preact';

const Icon = ({ children }: { children: ComponentChildren }) => (
  <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
    {children}
  </svg>
);

const draw = (path: string) => () => (
  <Icon>
    <path d={path} />
  </Icon>
);

export const HashIcon = draw('M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5');
export const EyeIcon = draw(
  'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5Zm8 2.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z',
);
export const MenuIcon = draw('M3 6h14M3 10h14M3 14h14');
export const CloseIcon = draw('M5 5l10 10M15 5 5 15');
export const SendIcon = draw('M3.5 16.5 17 10 3.5 3.5l1.8 6.5-1.8 6.5ZM5.3 10H11');
export const ReplyIcon = draw('M4 4.5h12v8.5H9.5L6 16v-3H4z');
export const SharedIcon = draw('M7.5 6.5h-3v10h10v-3M9.5 3.5h7v7M16 4 9.5 10.5');
export const CloudIcon = draw('M6 15.5a3.5 3.5 0 0 1-.4-7A4.5 4.5 0 0 1 14.2 8 3.8 3.8 0 0 1 14 15.5Z');
export const ClockIcon = draw('M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 5.5V10l3 2');
