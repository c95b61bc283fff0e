/** How writes to storage are confirmed: once they are on the disk, or once the system has them. */
export type Durability = 'strict' | 'relaxed';
