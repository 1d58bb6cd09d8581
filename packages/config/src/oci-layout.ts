export { createLayoutStore, listImages, openLayout } from "@colophon/oci";
