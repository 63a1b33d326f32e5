/** Only registers: the logic is lensService.ts, and ONNX Runtime is loaded when a model is opened. */
import { expose } from 'comlink';
import { sendErrorsWhole } from './errors.ts';
import { lensService } from './lensService.ts';

sendErrorsWhole();
expose(lensService());
