/** The package's version; replaced when the bundle is built. */
export const version: string = process.env.GODWIT_BUILD_VERSION ?? '0.0.0'
