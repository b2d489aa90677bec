import { userInfo } from 'node:os';

/** Whose the machine's PM2 homes are: the instance's own users are not on this computer. */
export const machineUser = userInfo().username;
