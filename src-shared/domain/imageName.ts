/** What an image is called in everything that leaves the project, in place of its file's name. */
export const imageName = (imageId: number): string => `image-${String(imageId).padStart(6, '0')}`;
