import { useLens } from '../../state/index.ts';
import { readGame } from '../../state/learn/gameMode.ts';
import page from '../app/page.module.css';
import { ForTeachers } from './ForTeachers.tsx';
import { Game } from './game/Game.tsx';
import { GameCard } from './game/GameCard.tsx';
import { LessonList } from './LessonList.tsx';
import { TourCard } from './TourCard.tsx';

/** Where learning begins: the tour, the lessons, the game; and how to teach with them. */
export function LearnPage() {
  const address = useLens(({ view }) => view.game);
  const game = readGame(address);
  if (game) return <Game key={`${game.mode} ${game.seed}`} {...game} />;
  return (
    <div className={page.page}>
      <header>
        <h1>Learn</h1>
        <p className={page.lead}>
          Lessons that happen on the real page: what they say can be seen beside it, and what they ask is
          answered by looking. No knowledge of machine learning is needed.
        </p>
      </header>
      <TourCard />
      <LessonList />
      <GameCard />
      <ForTeachers />
    </div>
  );
}
