/** USD; per hour unless the name says otherwise. Region's prices from `d2.yaml`, with defaults. */
export interface Prices {
  instance(type: string): number | undefined;
  database(dbClass: string): number | undefined;
  natGateway: number;
  balancer: number;
  endpointZone: number;
}
