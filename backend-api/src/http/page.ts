import * as z from 'zod';

/** The query parameters of every list. */
export const pageQuery = {
  page: z.coerce.number().int().min(1).max(10_000).default(1).meta({ description: 'Counted from 1.' }),
  pageSize: z.coerce.number().int().min(1).max(100).default(20),
};

export interface PageWish {
  page: number;
  pageSize: number;
}

/** What a list answers: one page, and how many there are on all of them. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    page: z.int().min(1),
    pageSize: z.int().min(1).max(100),
    total: z.int().min(0).meta({ description: 'On all pages together.' }),
  });

export interface Page<Item> extends PageWish {
  items: Item[];
  total: number;
}

/** How many rows are before the page. */
export const offsetOf = ({ page, pageSize }: PageWish): number => (page - 1) * pageSize;
