/** Projects with made-up predictions, for tests of what comes after training. The database is a real one. */
import { join } from 'node:path';
import { chooseThreshold, computeMetrics, tableFromRows } from '../../src-main/evaluation/index.ts';
import { freezeSnapshot } from '../../src-main/library/index.ts';
import { openProjectStore, type ProjectStore } from '../../src-main/store/index.ts';
import { defaultRunConfiguration } from '../../src-shared/contract/training.ts';
import type { SetName } from '../../src-shared/contract/vocabulary.ts';

const at = '2026-03-02T09:00:00.000Z';
const hash = (number: number) => number.toString(16).padStart(64, '0');

/** A store with `patients` × `perPatient` images of two classes, in turns, all in the validation set; no image file exists. */
export function madeImageStore(directory: string, patients: number, perPatient: number): ProjectStore {
  const store = openProjectStore(join(directory, 'Made.parenchyma'));
  store.project.initialise('Made', at, '0.0.0');
  const positive = store.classes.ensureClass('Pneumonia');
  const negative = store.classes.ensureClass('Normal');
  const { database } = store;
  database.exec('BEGIN');
  database.prepare('INSERT INTO sources (id, path, added_at) VALUES (1, ?, ?)').run('/nowhere', at);
  const patient = database.prepare('INSERT INTO patients (id, key, pseudonym) VALUES (?, ?, ?)');
  const file = database.prepare(
    `INSERT INTO files (id, source_id, relative_path, folder, file_name, bytes, modified_at, sha256, format, warnings, imported_at)
     VALUES (?, 1, ?, '', ?, 1, ?, ?, 'png', '[]', ?)`,
  );
  const image = database.prepare(
    `INSERT INTO images (id, file_id, frame, patient_id, rows, columns, pixel_sha256, class_id) VALUES (?, ?, 0, ?, 64, 64, ?, ?)`,
  );
  const label = database.prepare(
    "INSERT INTO label_history (image_id, class_id, origin, author, at) VALUES (?, ?, 'folder', 'test', ?)",
  );
  for (let number = 1; number <= patients; number++) {
    patient.run(number, `key ${number}`, `P${String(number).padStart(5, '0')}`);
    const classId = number % 2 === 1 ? positive : negative;
    for (let place = 0; place < perPatient; place++) {
      const id = (number - 1) * perPatient + place + 1;
      file.run(id, `${id}.png`, `image ${id}.png`, at, hash(id), at);
      image.run(id, id, number, hash(1_000_000 + id), classId);
      label.run(id, classId, at);
    }
  }
  database.exec('COMMIT');
  const sets = new Map<number, SetName>();
  for (let id = 1; id <= patients * perPatient; id++) sets.set(id, 'validation');
  store.splits.save({ method: 'import', ratio: null, seed: null, author: 'test', at, sets });
  return store;
}

/** Puts the images of every second pair of patients into the test set. */
export function splitMadeImages(store: ProjectStore): void {
  const sets = new Map<number, SetName>();
  for (const { imageId, patientId } of store.splits.labelled()) {
    sets.set(imageId, Math.ceil(patientId / 2) % 2 === 0 ? 'test' : 'validation');
  }
  store.splits.save({ method: 'import', ratio: null, seed: null, author: 'test', at, sets });
}

/** A finished run on the images of the split in force, with predictions as given for validation. */
export function addMadeRun(
  store: ProjectStore,
  probabilityOf: (image: { imageId: number; className: string; place: number }) => number,
): string {
  const classes = store.classes.classes();
  const positiveClass = classes.find((one) => one.positive)!.name;
  const images = store.splits.dataset();
  const snapshot = freezeSnapshot({
    images,
    classes: classes.map((one) => one.name),
    positiveClass,
    preprocessing: { imageSize: 64, window: { level: -600, width: 1500 } },
  });
  const configuration = {
    ...defaultRunConfiguration,
    preprocessing: { imageSize: 64, window: { level: -600, width: 1500 } },
  };
  const { id: run } = store.runs.createRun(configuration, snapshot, at);
  const validation = { loss: 0.4, accuracy: 0.8, auc: 0.85, sensitivity: 0.8, specificity: 0.8 };
  store.runs.addEpoch(run, {
    epoch: 1,
    training: { loss: 0.5, accuracy: 0.8 },
    validation,
    learningRate: 1e-4,
    seconds: 1,
    imagesPerSecond: 10,
    etaSeconds: null,
    best: true,
  });
  store.runs.setRunState(run, 'finished', { endedAt: at });
  const judged = images.filter((image) => image.set === 'validation');
  const predictions = judged.map((image, place) => {
    const probability = probabilityOf({ imageId: image.imageId, className: image.className, place });
    return {
      imageId: image.imageId,
      labelClassId: image.classId,
      probability,
      probabilities: [probability, 1 - probability],
    };
  });
  const table = tableFromRows(
    judged.map((image, place) => ({
      label: image.className === positiveClass ? 1 : 0,
      probability: predictions[place]!.probability,
      patient: image.pseudonym,
    })),
  );
  const choice = chooseThreshold(table, 'fixed');
  if (choice.kind === 'impossible') throw new Error(choice.reason);
  const metrics = computeMetrics(table, {
    set: 'validation',
    positiveClass,
    operatingPoint: { threshold: choice.threshold, rule: 'fixed', chosenOn: 'none' },
    cluster: 'none',
  });
  store.evaluations.saveEvaluation(run, 'validation', predictions, metrics, at);
  return run;
}

/** Finished runs with as many epochs each, of both networks in turns, on the images of the split in force. */
export function addManyRuns(store: ProjectStore, count: number, epochs: number): void {
  const classes = store.classes.classes();
  const preprocessing = { imageSize: 64, window: { level: -600, width: 1500 } };
  const snapshot = freezeSnapshot({
    images: store.splits.dataset(),
    classes: classes.map((one) => one.name),
    positiveClass: classes.find((one) => one.positive)!.name,
    preprocessing,
  });
  // A project that is thrown away need not survive a power cut.
  store.database.exec('PRAGMA synchronous = OFF');
  for (let place = 0; place < count; place += 1) {
    const architecture = place % 2 === 0 ? ('vgg19_bn' as const) : ('vgg16' as const);
    const configuration = { ...defaultRunConfiguration, architecture, preprocessing, epochs, seed: place };
    const { id } = store.runs.createRun(configuration, snapshot, at);
    for (let epoch = 1; epoch <= epochs; epoch += 1) {
      const accuracy = 0.5 + ((place * 31 + epoch * 7) % 100) / 250;
      store.runs.addEpoch(id, {
        epoch,
        training: { loss: 0.5, accuracy: 0.8 },
        validation: { loss: 0.4, accuracy, auc: accuracy, sensitivity: accuracy, specificity: accuracy },
        learningRate: 1e-4,
        seconds: 10,
        imagesPerSecond: 10,
        etaSeconds: null,
        best: epoch === (place % epochs) + 1,
      });
    }
    store.runs.setRunState(id, 'finished', { endedAt: at });
    if (place % 5 === 0) store.runRecords.annotate(id, { note: `note ${place}`, tags: ['pilot'] });
  }
}
