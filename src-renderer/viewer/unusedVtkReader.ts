/** Stands in for vtk.js's file readers, which Cornerstone imports and this viewer never uses. */
export default {};
