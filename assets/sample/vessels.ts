import type { Anatomy } from './anatomy.ts';
import type { LungSampler, Point } from './lungSampler.ts';
import type { RandomSource } from './random.ts';

/** A straight piece of vessel or airway with round cross-section that may taper. */
export interface Piece {
  from: Point;
  to: Point;
  radiusFrom: number;
  radiusTo: number;
}

export interface VesselTrees {
  vessels: Piece[];
  /** Windpipe and main bronchi, in the mediastinum. Airways are lumens; their wall is drawn around them. */
  mainAirways: Piece[];
  airways: Piece[];
}

const terminalRadius = 0.62;
/** Murray's law: the cubes of the radii add up; lungs measure nearer 2.7 (Huang 1996). */
const murrayExponent = 2.7;
const terminalsPerTree = 520;

const radiusFor = (terminals: number): number => terminalRadius * terminals ** (1 / murrayExponent);

const between = (from: Point, to: Point, share: number): Point => ({
  x: from.x + (to.x - from.x) * share,
  y: from.y + (to.y - from.y) * share,
  z: from.z + (to.z - from.z) * share,
});

const centreOf = (points: readonly Point[]): Point => {
  const sum = { x: 0, y: 0, z: 0 };
  for (const point of points) {
    sum.x += point.x;
    sum.y += point.y;
    sum.z += point.z;
  }
  return { x: sum.x / points.length, y: sum.y / points.length, z: sum.z / points.length };
};

function widestAxis(points: readonly Point[], centre: Point): 'x' | 'y' | 'z' {
  const spread = { x: 0, y: 0, z: 0 };
  for (const point of points) {
    spread.x += (point.x - centre.x) ** 2;
    spread.y += (point.y - centre.y) ** 2;
    spread.z += (point.z - centre.z) ** 2;
  }
  if (spread.x > spread.y && spread.x > spread.z) return 'x';
  return spread.y > spread.z ? 'y' : 'z';
}

/** Two pieces with a bend between them, so that vessels curve. */
function bent(random: RandomSource, from: Point, to: Point, radiusFrom: number, radiusTo: number): Piece[] {
  const length = Math.hypot(to.x - from.x, to.y - from.y, to.z - from.z);
  const middle = between(from, to, 0.5);
  const bend = length * 0.09;
  middle.x += bend * random.normal();
  middle.y += bend * random.normal();
  middle.z += bend * random.normal();
  const radius = (radiusFrom + radiusTo) / 2;
  return [
    { from, to: middle, radiusFrom, radiusTo: radius },
    { from: middle, to, radiusFrom: radius, radiusTo },
  ];
}

/**
 * Grows a tree that reaches all `targets`: a branch runs part of the way to their centre, then splits them in two at the axis
 * of their widest spread. So branches taper outwards and fill the lung evenly, the way lobes and segments divide it.
 */
function grow(random: RandomSource, start: Point, targets: Point[], reach: number, pieces: Piece[]): void {
  const radius = radiusFor(targets.length);
  if (targets.length === 1) {
    pieces.push(...bent(random, start, targets[0]!, radius, terminalRadius * 0.8));
    return;
  }
  const centre = centreOf(targets);
  const fork = between(start, centre, reach);
  pieces.push(...bent(random, start, fork, radius, radius * 0.9));
  const axis = widestAxis(targets, centre);
  const sorted = [...targets].sort((one, other) => one[axis] - other[axis]);
  const cut = Math.max(1, Math.round(sorted.length * random.between(0.36, 0.64)));
  grow(random, fork, sorted.slice(0, cut), random.between(0.38, 0.52), pieces);
  grow(random, fork, sorted.slice(cut), random.between(0.38, 0.52), pieces);
}

/** The airway that runs beside an artery, while it is wide enough to be seen. */
function airwayBeside(artery: Piece): Piece {
  const shift = (artery.radiusFrom + artery.radiusTo) * 0.5 + 1;
  const moved = (point: Point): Point => ({ x: point.x, y: point.y + shift * 0.85, z: point.z + shift * 0.5 });
  return {
    from: moved(artery.from),
    to: moved(artery.to),
    radiusFrom: artery.radiusFrom * 0.8,
    radiusTo: artery.radiusTo * 0.8,
  };
}

export function growTrees(anatomy: Anatomy, lung: LungSampler, random: RandomSource): VesselTrees {
  const vessels: Piece[] = [];
  const airways: Piece[] = [];
  const mainAirways: Piece[] = [];
  const carina: Point = { x: 0, y: 6, z: -0.36 * anatomy.lungHeight };
  for (const side of [-1, 1] as const) {
    const hilum: Point = { x: side * 36, y: 3, z: (side < 0 ? -0.5 : -0.46) * anatomy.lungHeight };
    const arteries: Piece[] = [];
    grow(random, hilum, lung.points(random, side, terminalsPerTree, 4), 0.12, arteries);
    const veins: Piece[] = [];
    const veinHilum = { x: side * 30, y: -6, z: hilum.z - 16 };
    grow(random, veinHilum, lung.points(random, side, terminalsPerTree, 4), 0.14, veins);
    vessels.push(...arteries, ...veins);
    mainAirways.push({ from: carina, to: { ...hilum, y: hilum.y + 8 }, radiusFrom: 6.5, radiusTo: 5 });
    airways.push(
      ...arteries
        .filter((piece) => piece.radiusTo > 1.25 && piece.radiusFrom < 4.5)
        .map((piece) => airwayBeside(piece)),
    );
  }
  const tracheaTop: Point = { x: 0, y: 0, z: 40 };
  mainAirways.push({
    from: tracheaTop,
    to: carina,
    radiusFrom: anatomy.tracheaRadius,
    radiusTo: anatomy.tracheaRadius,
  });
  return { vessels, mainAirways, airways };
}
